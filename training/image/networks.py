"""The networks of the image model, untrained: two text encoders, the base's UNet and the refiner's.

Source: Podell et al. 2023 (arXiv 2307.01952): two text encoders, added size and crop conditions, a refiner with an
aesthetic score. The starting weights (wider embeddings, linear layers by their inputs) are ours.
"""

from diffusers import EulerDiscreteScheduler, UNet2DConditionModel
from torch import nn
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection, CLIPTokenizer

TEXT_WIDTH = 96
TIME_WIDTH = 16  # of each added condition
BASE_TIMES, REFINER_TIMES = 6, 5  # sizes, crop, target; for the refiner a score in place of the target


def text_config(tokenizer: CLIPTokenizer, length: int) -> CLIPTextConfig:
    """Of both encoders. Like SDXL, the UNet reads the layer before the last."""
    return CLIPTextConfig(
        vocab_size=len(tokenizer),
        hidden_size=TEXT_WIDTH,
        intermediate_size=2 * TEXT_WIDTH,
        projection_dim=TEXT_WIDTH,
        num_hidden_layers=3,
        num_attention_heads=3,
        max_position_embeddings=length,
        hidden_act="gelu",
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )


def text_encoders(config: CLIPTextConfig) -> tuple[CLIPTextModel, CLIPTextModelWithProjection]:
    """The first, and the second with the projection that gives the pooled embedding."""
    encoders = CLIPTextModel(config), CLIPTextModelWithProjection(config)
    for encoder in encoders:
        for module in encoder.modules():
            if isinstance(module, nn.Linear):
                nn.init.normal_(module.weight, std=0.7 * module.in_features**-0.5)
            elif isinstance(module, nn.Embedding):
                wide = module.num_embeddings == config.vocab_size
                nn.init.normal_(module.weight, std=0.5 if wide else 0.1)
    return encoders


def unet(channels: tuple[int, int, int], latents: int, refiner: bool = False) -> UNet2DConditionModel:
    """Attention to the words on the two coarser of three levels. The refiner reads the second encoder alone."""
    times = (REFINER_TIMES if refiner else BASE_TIMES) * TIME_WIDTH
    return UNet2DConditionModel(
        sample_size=latents,
        block_out_channels=channels,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
        layers_per_block=1,
        transformer_layers_per_block=1,
        attention_head_dim=[max(1, width // 32) for width in channels],
        cross_attention_dim=TEXT_WIDTH * (1 if refiner else 2),
        norm_num_groups=16,
        use_linear_projection=True,
        addition_embed_type="text_time",
        addition_time_embed_dim=TIME_WIDTH,
        projection_class_embeddings_input_dim=times + TEXT_WIDTH,
    )


def scheduler() -> EulerDiscreteScheduler:
    """Velocity prediction down to pure noise.

    Source: Lin et al. 2023 (arXiv 2305.08891): zero terminal signal, trailing steps.
    """
    return EulerDiscreteScheduler(
        beta_start=0.00085,
        beta_end=0.012,
        beta_schedule="scaled_linear",
        prediction_type="v_prediction",
        rescale_betas_zero_snr=True,
        timestep_spacing="trailing",
    )
